from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"

    def ready(self) -> None:
        # There are no models before the apps are ready.
        from products.domain import on_air
        from streams.domain.on_air import products_on_air

        on_air.ask_by(products_on_air)
