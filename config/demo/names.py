"""Made-up people and places of the Skelbeck valley."""

from __future__ import annotations

import random

#: Weight, first names, last names: families that came to one valley from many places.
FAMILIES: tuple[tuple[int, str, str], ...] = (
    (
        58,
        "Alan Amy Andrew Barbara Ben Brenda Carol Charlotte Christine Colin Daniel David Dennis "
        "Donna Dorothy Doreen Edith Emily Emma Eric Ernest Frank Gemma Geoffrey George Gillian "
        "Gordon Harold Harry Hazel Irene Jack Jacqueline James Janet Jean Jessica Joan John "
        "Josephine Julie Karen Keith Kevin Laura Leonard Linda Lucy Malcolm Marjorie Martin Mary "
        "Matthew Maureen Megan Michael Mildred Muriel Nigel Norman Olive Pamela Patricia Paul "
        "Peter Philip Raymond Rebecca Richard Robert Rosemary Ruth Sally Samuel Sandra Sarah "
        "Sheila Simon Stanley Stephen Susan Sylvia Terence Valerie Vera Walter Wendy Winifred",
        "Ackroyd Armitage Ashworth Balmforth Barker Bentley Booth Bottomley Brook Buckley "
        "Butterworth Clegg Crabtree Crossley Crowther Dyson Earnshaw Eastwood Fielden Firth "
        "Garside Gledhill Greenwood Haigh Hanson Hardcastle Helliwell Hinchliffe Hirst Holroyd "
        "Horsfall Illingworth Jagger Kaye Kershaw Lockwood Lumb Marsden Mitchell Murgatroyd "
        "Naylor Oldroyd Pickles Priestley Quarmby Ramsden Redfearn Rushworth Sadler Schofield "
        "Shackleton Shaw Sugden Sutcliffe Sykes Thackray Thornton Uttley Varley Wadsworth "
        "Walshaw Whiteley Wolfenden Womersley Wrigley",
    ),
    (
        13,
        "Abdul Adnan Aisha Amina Asif Bilal Farah Faisal Fatima Ghulam Hafsa Haroon Javed Khadija "
        "Khalid Maryam Mohammed Nadia Naseem Rashid Rukhsana Saima Salma Sajid Shabana Shahid "
        "Tariq Yasmin Zahid Zainab",
        "Ahmed Akram Ali Aslam Aziz Bashir Begum Butt Chaudhry Hussain Iqbal Javid Khan Mahmood "
        "Malik Mirza Parveen Rafiq Raja Rehman Saleem Shah Yousaf",
    ),
    (
        8,
        "Amrit Arjun Balbir Deepa Gurpreet Hari Jaswinder Kamala Kiran Lakshmi Manjit Meena "
        "Mohan Nisha Parveen Ravi Rekha Sanjay Sunita Surinder Usha Vijay",
        "Bains Chohan Desai Dhillon Gill Joshi Kaur Mehta Mistry Nair Patel Rai Sandhu Sharma "
        "Shah Sidhu Singh Solanki Varma",
    ),
    (
        7,
        "Agnieszka Andrzej Anna Barbara Beata Danuta Elżbieta Grzegorz Irena Jadwiga Janina "
        "Jerzy Katarzyna Krystyna Krzysztof Łukasz Magdalena Marek Piotr Stanisław Tadeusz "
        "Teresa Tomasz Wanda",
        "Adamczyk Baran Dąbrowski Jankowski Kaczmarek Kowalczyk Krawczyk Lewandowski Mazur "
        "Michalak Nowak Pawlak Pietrzak Sikora Sobczak Szymański Wieczorek Wójcik Zając "
        "Zieliński",
    ),
    (
        7,
        "Aidan Aoife Bernadette Brendan Bridie Ciarán Colleen Cormac Deirdre Dermot Eileen "
        "Fergus Kathleen Liam Maeve Noreen Nuala Oonagh Padraig Roisin Sean Siobhan Sinead Una",
        "Brennan Byrne Cassidy Connolly Daly Doherty Farrell Flanagan Gallagher Healy Keane "
        "Kelly Lynch McHugh McLoughlin Moran Murphy Nolan O'Brien O'Connor O'Neill Quinn "
        "Reilly Sheridan",
    ),
    (
        7,
        "Beverley Carlton Clive Cynthia Delroy Desmond Errol Gloria Hyacinth Ivy Jermaine "
        "Leroy Lorna Marlon Merlene Monica Myrtle Neville Norma Paulette Sonia Trevor Vernon "
        "Winston Yvonne",
        "Bailey Barrett Blake Brathwaite Campbell Charles Clarke Francis Gayle Gordon Grant "
        "Henry Joseph Lewis Linton McKenzie Morgan Palmer Pryce Reid Richards Samuels Stewart "
        "Thompson Wright",
    ),
)

#: Town → first half of its postcodes' second part, and its streets.
TOWNS: dict[str, tuple[int, str]] = {
    "Skelbeck Bridge": (1, "Bridge Gate,Market Street,Albert Street,Hangroyd Lane,Wharf Side"),
    "Damside": (2, "Mill Row,Goit Side,Dam Head Road,Industrial Terrace,Spinners Court"),
    "Cloughfoot": (3, "Clough Lane,Chapel Fold,Foot Road,Foot Bottom,Lamb Inn Yard"),
    "Weavers Green": (4, "Shuttle Street,Loom Lane,Green End,Fustian Way,Tenter Croft"),
    "Netherby Mill": (5, "Netherby Road,Wheel Lane,Station Approach,Carder Street,Bobbin Close"),
    "Upper Harrow": (6, "Harrow Top,Moor Lane,Church Bank,School Terrace,Packhorse Road"),
}


def weighted_name(chance: random.Random) -> tuple[str, str]:
    """A first and a last name of one family of names."""
    (_weight, first, last) = chance.choices(FAMILIES, [weight for weight, *_ in FAMILIES])[0]
    first_name, last_name = chance.choice(first.split()), chance.choice(last.split())
    if last_name.endswith("ski") and first_name.endswith("a"):  # Polish names have a gender
        last_name = last_name[:-1] + "a"
    return first_name, last_name


def address(chance: random.Random) -> dict[str, str]:
    """A house in the valley, with a postcode that exists nowhere else."""
    town = chance.choices(list(TOWNS), (30, 18, 12, 18, 14, 8))[0]
    sector, streets = TOWNS[town]
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return {
        "address_line_1": f"{chance.randint(1, 98)} {chance.choice(streets.split(','))}",
        "town": town,
        "postcode": f"QX7 {sector}{chance.choice(letters)}{chance.choice(letters)}",
    }
