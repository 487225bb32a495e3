"""Simulated annealing over a whole rota: the part that is compiled.

A move changes visits one by one; each change times one carer's day anew, and is written down so
that the move can be taken back exactly. Hard rules hold after every accepted move: hours, travel,
windows and rest in `time_day`, skills and exclusions in `Data.pairs`, both or none and the weekly
cap in `step`. Carers, visits and days are numbers; minutes are whole. Run without the compiler
(NUMBA_DISABLE_JIT=1) it gives the same rota, slower.
"""

from __future__ import annotations

from math import exp

import numpy as np

from rota.solver import costs
from rota.solver.arrays import LONGEST_MOVE, Array, Data, State
from rota.solver.compiled import compiled

hours_cost = compiled(costs.hours_cost)
unsocial_cost = compiled(costs.unsocial_cost)
waiting_minutes = compiled(costs.waiting_minutes)

SAME_CALL = 60
"""Visits to a person on different days belong together when their times differ by no more."""


@compiled
def rest_bounds(data: Data, state: State, carer: int, day: int) -> tuple[int, int]:
    """From when and until when the daily rest lets the carer work that day."""
    rest = data.settings[0]["rest"]
    start, end = data.carers[carer]["rested_from"], data.carers[carer]["free_until"]
    for earlier in range(day - 1, -1, -1):
        if state.days[carer, earlier]["count"]:
            start = state.days[carer, earlier]["end"] + rest
            break
    for later in range(day + 1, state.days.shape[1]):
        if state.days[carer, later]["count"]:
            end = state.days[carer, later]["start"] - rest
            break
    return start, end


@compiled
def time_day(data: Data, state: State, carer: int, day: int, count: int) -> tuple[bool, float, int]:
    """Time the visits in `trial`: (it works, cost, minutes of care and travel).

    Backwards for the latest starts that leave all later visits in time, then forwards with each
    visit as near to its wanted start as the way there and that latest start allow.
    """
    settings, one = data.settings[0], data.carers[carer]
    way = data.way[one["mode"]]
    clock, limit = rest_bounds(data, state, carer, day)
    for place in range(count - 1, -1, -1):
        stop = state.trial[place]
        visit, pair = data.visits[stop["visit"]], data.pairs[carer, stop["visit"]]
        stop["late"] = min(pair["last"], limit - visit["duration"])
        stop["early"] = pair["first"]
        if visit["needed"] == 2:
            stop["late"] = min(stop["late"], state.at[stop["visit"]])
            stop["early"] = max(stop["early"], state.at[stop["visit"]])
        if place:
            before = data.visits[state.trial[place - 1]["visit"]]
            limit = stop["late"] - way[before["point"], visit["point"]]
    here, soonest, between, care, cost = one["home"], clock, 0, 0, 0.0
    for place in range(count):
        stop = state.trial[place]
        visit = data.visits[stop["visit"]]
        leg = way[here, visit["point"]]
        arrival = clock
        if place:
            arrival, soonest = clock + leg, soonest + leg
        start = max(stop["early"], arrival)
        if start > stop["late"]:
            return False, 0.0, 0
        soonest = max(stop["early"], soonest)
        start = max(start, min(visit["wanted"], stop["late"]))
        stop["start"], stop["early"] = start, soonest
        cost += settings["travel"] * leg
        cost += settings["preferred_time"] * abs(start - visit["wanted"])
        if place:
            between += leg
            waiting = waiting_minutes(start - clock, leg, settings["break_minutes"])
            cost += settings["waiting"] * waiting
        care += visit["duration"]
        clock, soonest = start + visit["duration"], soonest + visit["duration"]
        here = visit["point"]
    if count:
        cost += settings["travel"] * way[here, one["home"]]
    return True, cost, care + between


@compiled
def carer_cost(data: Data, state: State, carer: int) -> float:
    """What the carer's hours and share of unsocial time cost."""
    settings, one, tally = data.settings[0], data.carers[carer], state.tally[carer]
    return hours_cost(
        tally["work"], one["contract"], settings["under_contract"], settings["over_contract"]
    ) + unsocial_cost(tally["unsocial"], one["share"], settings["unsocial"])


@compiled
def count_seat(data: Data, state: State, visit: int, seat: int, carer: int, sign: int) -> None:
    """A carer takes (+1) or leaves (-1) a seat: everything but the timing of the day."""
    person = data.visits[visit]["person"]
    state.tally[carer]["unsocial"] += sign * data.visits[visit]["unsocial"]
    state.faces[person, carer] += sign
    state.seats[visit, seat] = carer if sign > 0 else -1
    if seat:
        return
    totals = state.totals[0]
    if sign > 0:
        totals["missing"] -= 1
        last, hole = state.missing[totals["missing"]], state.missing_at[visit]
        state.missing[hole], state.missing_at[last] = last, hole
        state.missing_at[visit] = -1
    else:
        state.missing[totals["missing"]] = visit
        state.missing_at[visit] = totals["missing"]
        totals["missing"] += 1


@compiled
def change(
    data: Data, state: State, visit: int, seat: int, carer: int, count: int, cost: float, work: int
) -> None:
    """Make the `count` visits timed in `trial` the carer's day, and note down what was before."""
    day = data.visits[visit]["day"]
    settings, totals, figures = data.settings[0], state.totals[0], state.days[carer, day]
    sign = count - figures["count"]
    note = state.changes[totals["changes"]]
    note["carer"], note["day"], note["visit"], note["seat"] = carer, day, visit, seat
    note["sign"], note["at"], note["work"] = sign, state.at[visit], state.tally[carer]["work"]
    note["count"], note["start"], note["end"] = figures["count"], figures["start"], figures["end"]
    note["day_work"], note["day_cost"] = figures["work"], figures["cost"]
    for place in range(figures["count"]):
        state.old_stops[totals["changes"], place] = state.stops[carer, day, place]
    totals["changes"] += 1

    person, faces = data.visits[visit]["person"], state.faces
    before = carer_cost(data, state, carer) + figures["cost"]
    if faces[person, carer] > 0:
        before += settings["face"]
    state.tally[carer]["work"] += work - figures["work"]
    count_seat(data, state, visit, seat, carer, sign)
    after = carer_cost(data, state, carer) + cost
    if faces[person, carer] > 0:
        after += settings["face"]
    stranger = settings["stranger"] * data.pairs[carer, visit]["stranger"]
    totals["cost"] += after - before + sign * (stranger - settings["unfilled"])

    figures["count"], figures["work"], figures["cost"] = count, work, cost
    for place in range(count):
        state.stops[carer, day, place] = state.trial[place]
    if count:
        last = state.trial[count - 1]
        figures["start"] = state.trial[0]["start"]
        figures["end"] = last["start"] + data.visits[last["visit"]]["duration"]


@compiled
def take_back(data: Data, state: State, mark: int) -> None:
    """Undo the changes from number `mark` on. The caller puts the cost back."""
    totals = state.totals[0]
    while totals["changes"] > mark:
        totals["changes"] -= 1
        note = state.changes[totals["changes"]]
        carer = note["carer"]
        figures = state.days[carer, note["day"]]
        figures["count"], figures["start"] = note["count"], note["start"]
        figures["end"], figures["work"] = note["end"], note["day_work"]
        figures["cost"] = note["day_cost"]
        for place in range(note["count"]):
            state.stops[carer, note["day"], place] = state.old_stops[totals["changes"], place]
        state.tally[carer]["work"] = note["work"]
        state.at[note["visit"]] = note["at"]
        count_seat(data, state, note["visit"], note["seat"], carer, -note["sign"])


@compiled
def insert(data: Data, state: State, visit: int, seat: int, carer: int, place: int) -> bool:
    """Put the visit into the carer's day at that place. False: it does not fit, nothing done."""
    day = data.visits[visit]["day"]
    count = state.days[carer, day]["count"]
    if count == state.trial.shape[0] or state.totals[0]["changes"] == LONGEST_MOVE:
        return False
    for i in range(place):
        state.trial[i]["visit"] = state.stops[carer, day, i]["visit"]
    state.trial[place]["visit"] = visit
    for i in range(place, count):
        state.trial[i + 1]["visit"] = state.stops[carer, day, i]["visit"]
    fits, cost, work = time_day(data, state, carer, day, count + 1)
    if fits:
        change(data, state, visit, seat, carer, count + 1, cost, work)
    return fits


@compiled
def remove(data: Data, state: State, visit: int, seat: int) -> bool:
    """Take the seat's carer off the visit."""
    carer, day = state.seats[visit, seat], data.visits[visit]["day"]
    if state.totals[0]["changes"] == LONGEST_MOVE:
        return False
    count, kept = state.days[carer, day]["count"] - 1, 0
    for i in range(count + 1):
        if state.stops[carer, day, i]["visit"] != visit:
            state.trial[kept]["visit"] = state.stops[carer, day, i]["visit"]
            kept += 1
    fits, cost, work = time_day(data, state, carer, day, count)
    if fits:
        change(data, state, visit, seat, carer, count, cost, work)
    return fits


@compiled
def may_leave(data: Data, state: State, visit: int, seat: int) -> bool:
    """Whether the seat is taken and its carer neither pinned nor on a day kept as it is."""
    carer, one = state.seats[visit, seat], data.visits[visit]
    if carer < 0 or one["fixed"] or one["kept"] == carer:
        return False
    return bool(state.days[carer, one["day"]]["frozen"] == 0)


@compiled
def may_come(data: Data, state: State, visit: int, carer: int) -> bool:
    """Whether the carer's hours and skills allow the visit, and the carer is not on it already."""
    pair = data.pairs[carer, visit]
    if pair["first"] > pair["last"] or carer == state.seats[visit, 0]:
        return False
    frozen = state.days[carer, data.visits[visit]["day"]]["frozen"]
    return bool(carer != state.seats[visit, 1] and frozen == 0)


@compiled
def some(rng: np.random.Generator, count: int) -> int:
    """A random number from 0 to count - 1."""
    return int(rng.random() * count)


@compiled
def one_of(numbers: Array, start: int, end: int, rng: np.random.Generator) -> int:
    """A random entry of part of a list."""
    return int(numbers[start + some(rng, end - start)])


@compiled
def likely_carer(data: Data, state: State, visit: int, rng: np.random.Generator) -> int:
    """Half the time someone who already goes to the person, else anyone who could, or -1."""
    one = data.visits[visit]
    if rng.random() < 0.5:
        other = one_of(data.of_person, one["of_person"], one["of_person_end"], rng)
        carer = state.seats[other, some(rng, data.visits[other]["needed"])]
        if carer >= 0:
            return int(carer)
    if one["choice"] == one["choice_end"]:
        return -1
    return one_of(data.choice, one["choice"], one["choice_end"], rng)


@compiled
def find_place(data: Data, state: State, visit: int, carer: int, rng: np.random.Generator) -> int:
    """A random place in the carer's day where the visit fits in time, or -1.

    Goes by the slack noted when the day was last timed; `insert` has the last word.
    """
    one, pair = data.visits[visit], data.pairs[carer, visit]
    stops, count = state.stops[carer, one["day"]], state.days[carer, one["day"]]["count"]
    way = data.way[data.carers[carer]["mode"]]
    first, last = pair["first"], pair["last"]
    if one["needed"] == 2:
        first, last = max(first, state.at[visit]), min(last, state.at[visit])
    found, chosen = 0, -1
    for place in range(count + 1):
        start = first
        if place:
            before = data.visits[stops[place - 1]["visit"]]
            ready = stops[place - 1]["early"] + before["duration"]
            start = max(first, ready + way[before["point"], one["point"]])
        if start > last:
            break
        if place < count:
            after = data.visits[stops[place]["visit"]]
            if start + one["duration"] + way[one["point"], after["point"]] > stops[place]["late"]:
                continue
        found += 1
        if some(rng, found) == 0:
            chosen = place
    return chosen


@compiled
def put(
    data: Data, state: State, visit: int, seat: int, carer: int, rng: np.random.Generator
) -> bool:
    """Give the seat to the carer, where it fits."""
    if carer < 0 or not may_come(data, state, visit, carer):
        return False
    place = find_place(data, state, visit, carer, rng)
    return place >= 0 and insert(data, state, visit, seat, carer, place)


@compiled
def put_two(
    data: Data, state: State, visit: int, first: int, second: int, rng: np.random.Generator
) -> bool:
    """Fill both seats of an empty visit for two, at one start that both can make."""
    a, b = data.pairs[first, visit], data.pairs[second, visit]
    start, end = max(a["first"], b["first"]), min(a["last"], b["last"])
    if start > end:
        return False
    state.at[visit] = start + some(rng, end - start + 1)
    if rng.random() < 0.3:
        state.at[visit] = min(max(data.visits[visit]["wanted"], start), end)
    for seat in range(2):  # noqa: SIM110  all() would not compile
        if not put(data, state, visit, seat, second if seat else first, rng):
            return False
    return True


@compiled
def retime(data: Data, state: State, visit: int, rng: np.random.Generator) -> bool:
    """Move the common start of two who are going."""
    first, second = state.seats[visit, 0], state.seats[visit, 1]
    for seat in range(2):
        if not remove(data, state, visit, seat):
            return False
    return put_two(data, state, visit, first, second, rng)


@compiled
def relocate(data: Data, state: State, visit: int, rng: np.random.Generator) -> bool:
    """Send someone else, or the same carer at another place in the day."""
    one, carer = data.visits[visit], likely_carer(data, state, visit, rng)
    two, seat = one["needed"] == 2, some(rng, one["needed"])
    if two and state.seats[visit, 0] < 0:
        first = one["kept"] if one["kept"] >= 0 else likely_carer(data, state, visit, rng)
        return first >= 0 and carer >= 0 and put_two(data, state, visit, first, carer, rng)
    if two and rng.random() < 0.3:
        return retime(data, state, visit, rng)
    holder = state.seats[visit, seat]
    if holder < 0:
        return put(data, state, visit, seat, carer, rng)
    if not may_leave(data, state, visit, seat):
        return False
    if carer != holder:
        # Asked first, since most often the answer is no.
        if not may_come(data, state, visit, carer):
            return False
        if find_place(data, state, visit, carer, rng) < 0:
            return False
    return remove(data, state, visit, seat) and put(data, state, visit, seat, carer, rng)


@compiled
def eject(data: Data, state: State, visit: int, rng: np.random.Generator) -> bool:
    """Send someone who is busy then; who was to be visited gets someone else, or nobody."""
    one, carer = data.visits[visit], likely_carer(data, state, visit, rng)
    seat = some(rng, one["needed"])
    if carer < 0 or not may_come(data, state, visit, carer):
        return False
    if state.seats[visit, seat] < 0 and one["needed"] == 2:
        return False
    count, place = state.days[carer, one["day"]]["count"], 0
    while place < count and state.stops[carer, one["day"], place]["start"] <= one["wanted"]:
        place += 1
    place -= some(rng, 2)
    if place < 0 or place >= count:
        return False
    other = state.stops[carer, one["day"], place]["visit"]
    other_seat = int(state.seats[other, 0] != carer)
    if not may_leave(data, state, other, other_seat):
        return False
    if state.seats[visit, seat] >= 0 and not (
        may_leave(data, state, visit, seat) and remove(data, state, visit, seat)
    ):
        return False
    if not remove(data, state, other, other_seat) or not put(data, state, visit, seat, carer, rng):
        return False
    for _ in range(3):
        if put(data, state, other, other_seat, likely_carer(data, state, other, rng), rng):
            return True
    return bool(data.visits[other]["needed"] == 1)


@compiled
def swap(data: Data, state: State, visit: int, rng: np.random.Generator) -> bool:
    """Two visits of one day change carers."""
    one = data.visits[visit]
    other = one_of(data.of_day, one["of_day"], one["of_day_end"], rng)
    seat = some(rng, one["needed"])
    other_seat = some(rng, data.visits[other]["needed"])
    if not (may_leave(data, state, visit, seat) and may_leave(data, state, other, other_seat)):
        return False
    carer, other_carer = state.seats[visit, seat], state.seats[other, other_seat]
    if not may_come(data, state, visit, other_carer) or not may_come(data, state, other, carer):
        return False
    return (
        remove(data, state, visit, seat)
        and remove(data, state, other, other_seat)
        and put(data, state, visit, seat, other_carer, rng)
        and put(data, state, other, other_seat, carer, rng)
    )


@compiled
def move_block(data: Data, state: State, visit: int, rng: np.random.Generator) -> bool:
    """All of a person's visits at that time of day go from one carer (or none) to another.

    Days on which it does not fit stay as they are.
    """
    seat = some(rng, 1)
    carer, taker = state.seats[visit, seat], likely_carer(data, state, visit, rng)
    if taker < 0 or taker == carer:
        return False
    moved, this = False, data.visits[visit]
    for i in range(this["of_person"], this["of_person_end"]):
        one = data.of_person[i]
        apart = abs(data.visits[one]["wanted"] - this["wanted"]) % 1440
        if min(apart, 1440 - apart) > SAME_CALL or data.visits[one]["needed"] == 2:
            continue
        holder = state.seats[one, seat]
        if (holder >= 0 and holder != carer) or data.visits[one]["fixed"]:
            continue
        mark, cost = state.totals[0]["changes"], state.totals[0]["cost"]
        free = holder < 0
        if not free and may_leave(data, state, one, seat):
            free = remove(data, state, one, seat)
        if free and put(data, state, one, seat, taker, rng):
            moved = True
        else:
            take_back(data, state, mark)
            state.totals[0]["cost"] = cost
    return moved


@compiled
def within_cap(data: Data, state: State) -> bool:
    """Whether nobody's hours grew past the cap in this move."""
    for number in range(state.totals[0]["changes"]):
        note = state.changes[number]
        work = state.tally[note["carer"]]["work"]
        if work > data.carers[note["carer"]]["cap"] and work > note["work"]:
            return False
    return True


@compiled
def step(data: Data, state: State, rng: np.random.Generator, temperature: float) -> None:
    """Try one move and keep it, always when the rota gets no dearer, else by chance."""
    totals = state.totals[0]
    totals["changes"] = 0
    mark, cost = totals["changes"], totals["cost"]
    if totals["missing"] and rng.random() < 0.2:
        visit = state.missing[some(rng, totals["missing"])]
    else:
        visit = some(rng, data.visits.shape[0])
    if data.visits[visit]["fixed"]:
        return
    at, kind = state.at[visit], rng.random()
    if kind < 0.5:
        done = relocate(data, state, visit, rng)
    elif kind < 0.7:
        done = eject(data, state, visit, rng)
    elif kind < 0.95:
        done = swap(data, state, visit, rng)
    else:
        done = move_block(data, state, visit, rng)
    if done and within_cap(data, state):
        added = totals["cost"] - cost
        if added <= 0 or rng.random() < exp(-added / temperature):
            return
    take_back(data, state, mark)
    totals["cost"], state.at[visit] = cost, at


@compiled
def anneal(
    data: Data, state: State, rng: np.random.Generator, moves: int, temperature: float
) -> None:
    """Try so many moves at one temperature (in units of cost)."""
    for _ in range(moves):
        step(data, state, rng, temperature)
