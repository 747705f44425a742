"""Who prints the weeks: this process alone, or several side by side on PostgreSQL, each with a connection of its own."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from storage.unit_of_work import Database
from tasks.sample_office.arrivals import Week
from tasks.sample_office.loading import Shop, Spread


def alone(database: Database) -> Spread:
    """One after the other: SQLite takes one writer."""

    def weeks(shop: Shop, missing: Sequence[Week]) -> Iterator[Week]:
        for week in missing:
            shop.print_week(database, week)
            yield week

    return weeks


def side_by_side(url: str, processes: int) -> Spread:
    """Several processes that share the weeks; each week comes back as soon as it is there."""

    def weeks(shop: Shop, missing: Sequence[Week]) -> Iterator[Week]:
        context = multiprocessing.get_context("spawn")  # nothing of this process's connections goes along
        with ProcessPoolExecutor(processes, context, _Printer.begin, (url, shop)) as pool:
            waiting = [pool.submit(_Printer.week, week) for week in missing]
            try:
                for done in as_completed(waiting):
                    yield done.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    return weeks


class _Printer:
    """What one printing process keeps at hand; set once, when the process begins."""

    database: Database
    shop: Shop

    @classmethod
    def begin(cls, url: str, shop: Shop) -> None:
        cls.database, cls.shop = Database(url), shop

    @classmethod
    def week(cls, week: Week) -> Week:
        cls.shop.print_week(cls.database, week)
        return week
