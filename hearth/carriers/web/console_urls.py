"""Included by the console's addresses, in its namespace."""

from django.urls import path

from hearth.carriers.web import console

urlpatterns = [
    path("import/", console.imports, name="imports"),
    path("import/uploads/", console.uploads, name="uploads"),
    path("import/<int:upload_id>/", console.upload, name="upload"),
    path("import/<int:upload_id>/trial/", console.trial, name="upload-trial"),
    path("import/<int:upload_id>/loading/", console.loading, name="upload-loading"),
    path("import/<int:upload_id>/diagnosis/", console.diagnosis, name="upload-diagnosis"),
    path("import/<int:upload_id>/removal/", console.removal, name="upload-removal"),
    path("import/<int:upload_id>/rejections/", console.rejections, name="upload-rejections"),
]
