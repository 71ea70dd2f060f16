"""Addresses of the pages about homes."""

from django.contrib.sitemaps.views import sitemap as sitemap_part
from django.urls import path
from django.views.decorators.http import require_safe

from listings import host_views, house_views, photo_views, report_views, views
from listings.sitemaps import SITEMAPS

urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("months", views.months, name="months"),
    path("houses/<int:house_id>", views.house, name="house"),
    path("houses/<int:house_id>/price", views.price, name="house-price"),
    path("houses/<int:house_id>/months", views.months, name="house-months"),
    path("houses/<int:house_id>/report", report_views.report, name="report-house"),
    path("reviews/<int:review_id>/report", report_views.report, name="report-review"),
    path("hosts/<int:person_id>/report", report_views.report, name="report-person"),
    path("account/reports", report_views.my_reports, name="my-reports"),
    path("host/houses/new", house_views.new_house, name="house-new"),
    path("host/houses/<int:house_id>/edit/review", house_views.review_house, name="house-review"),
    path("host/houses/<int:house_id>/edit/<slug:step>", house_views.edit_house, name="house-edit"),
    path("host/houses/<int:house_id>/publish", host_views.publish, name="house-publish"),
    path("host/houses/<int:house_id>/offline", host_views.offline, name="house-offline"),
    path("host/houses/<int:house_id>/duplicate", host_views.duplicate, name="house-duplicate"),
    path("host/houses/<int:house_id>/delete", host_views.delete, name="house-deletion"),
    path("host/houses/<int:house_id>/photos", photo_views.photos, name="house-photos"),
    path("host/houses/<int:house_id>/photos/order", photo_views.photo_order, name="photo-order"),
    path("host/houses/<int:house_id>/photos/main", photo_views.main_photo, name="photo-main"),
    path("host/houses/<int:house_id>/photos/remove", photo_views.photo_removal, name="photo-removal"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", require_safe(sitemap_part), {"sitemaps": SITEMAPS}, name="sitemap-part"),
]
