"""Addresses of the pages about bookings."""

from django.urls import path

from bookings import calendar_views, host_views, views

urlpatterns = [
    path("houses/<int:house_id>/book", views.book, name="book"),
    path("bookings", views.bookings, name="bookings"),
    path("bookings/<int:booking_id>/cancel", views.cancel, name="cancel"),
    path("host", host_views.my_homes, name="my-homes"),
    path("host/bookings", views.guests_bookings, name="guests-bookings"),
    path("host/houses/<int:house_id>/calendar", calendar_views.house_calendar, name="house-calendar"),
]
