from django.apps import AppConfig


class MetersConfig(AppConfig):
    name = "meters"
    label = "meters"
    verbose_name = "抄表"
