"""Names for a sample: common in Flanders, put together by chance, so that nobody in particular is meant."""

GIVEN_NAMES = (
    "Jan Marie Luc An Peter Els Marc Katrien Bart Sofie Tom Leen Wim Ilse Geert Nele Dirk Hilde Koen Sara Joris Lotte Pieter Eva "
    "Stijn Emma Jef Julie Wout Amber Dries Femke Rik Greet Bram Karen Mohamed Fatima Youssef Amina Piotr Agnieszka Ahmet Elif "
    "Giovanni Maria Nguyen Linh Olivier Camille Kevin Tine Arne Hanne Mieke Raf Goedele Walter Rita Frans Godelieve Ludo"
).split()
FAMILY_NAMES = (
    "Peeters Janssens Maes Jacobs Mertens Willems Claes Goossens Wouters Desmet Dubois Lambert Dupont Martens Hermans Aerts "
    "Michiels Hendrickx Pauwels Vermeulen Verhoeven Cools Claeys Smets Lemmens Thijs Declercq Bogaerts Stevens Moens Coppens "
    "Devos Baert Verbeke Verlinden Segers Wauters Geerts Lenaerts Smeets Martin Timmermans Vervoort Bauwens Sels Engels Nijs "
    "Verstraete Simons Deprez Dewitte Lievens Celik Yilmaz Kowalski Benali Rossi Tran Haddad Raes Pieters Carlier Geens Put "
    "Vandenberghe Vandamme Vermeersch Verschueren Desmedt Decock Roels Temmerman Everaert Ceulemans Schepers Swinnen Mathijs"
).split()
PLACES = (
    "Aalst Aalter Aarschot Antwerpen Asse Balen Beernem Beringen Beveren Bilzen Bornem Bree Brugge Dendermonde Deinze Diest "
    "Diksmuide Edegem Eeklo Geel Genk Gent Geraardsbergen Halle Hamme Harelbeke Hasselt Heist Herentals Hoogstraten Houthalen "
    "Ieper Izegem Kapellen Knokke Kontich Kortrijk Landen Lanaken Leuven Lier Lochristi Lokeren Lommel Lummen Maaseik Machelen "
    "Mechelen Meise Menen Merelbeke Mol Mortsel Nieuwpoort Ninove Oostende Oudenaarde Overijse Peer Poperinge Puurs Riemst "
    "Roeselare Ronse Schoten Temse Tielt Tienen Tongeren Torhout Turnhout Veurne Vilvoorde Waregem Wetteren Wevelgem Wingene "
    "Zaventem Zedelgem Zele Zelzate Zemst Zottegem Zwevegem"
).split()
