"""Addresses of the pages about bookings."""

from django.urls import path

from bookings import answer_views, booking_views, calendar_views, host_views, views

urlpatterns = [
    path("houses/<int:house_id>/book", views.book, name="book"),
    path("bookings", booking_views.bookings, name="bookings"),
    path("bookings/<int:booking_id>", booking_views.booking, name="booking"),
    path("bookings/<int:booking_id>/pay", booking_views.pay, name="pay"),
    path("bookings/<int:booking_id>/cancel", booking_views.cancel, name="cancel"),
    path("bookings/<int:booking_id>/review", booking_views.review, name="review"),
    path("bookings/<int:booking_id>/reply", booking_views.reply, name="reply"),
    path("bookings/<int:booking_id>/stay.ics", booking_views.booking_calendar, name="booking-calendar"),
    path("host", host_views.my_homes, name="my-homes"),
    path("host/bookings", host_views.guests_bookings, name="guests-bookings"),
    path("host/bookings/<int:booking_id>/accept", answer_views.accept, name="accept-request"),
    path("host/bookings/<int:booking_id>/reject", answer_views.reject, name="reject-request"),
    path("host/earnings", host_views.earnings, name="earnings"),
    path("host/houses/<int:house_id>/calendar", calendar_views.house_calendar, name="house-calendar"),
]
