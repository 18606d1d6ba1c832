from django.apps import AppConfig


class HeatingConfig(AppConfig):
    name = "heating"
    label = "heating"
    verbose_name = "基础"
