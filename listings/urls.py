"""Addresses of the pages about homes."""

from django.urls import path

from listings import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("months", views.months, name="months"),
    path("houses/<int:house_id>", views.house, name="house"),
    path("houses/<int:house_id>/price", views.price, name="house-price"),
    path("houses/<int:house_id>/months", views.months, name="house-months"),
]
