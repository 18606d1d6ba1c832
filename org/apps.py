from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "org"
    label = "org"
    verbose_name = "机构"
