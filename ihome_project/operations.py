"""What the schema says of each operation of the API beside what its view shows: its words, and how it may refuse."""

from typing import Any, NamedTuple

PREFIX = "/api/v1.0"
DAY = {"type": "string", "format": "date"}
YUAN = {"type": "string", "pattern": r"^[0-9]{1,7}(\.[0-9]{1,2})?$"}
PAGE = {"type": "integer", "minimum": 1}


class Errcode(NamedTuple):
    """What an errcode means, and how one answer with it reads."""

    meaning: str
    errmsg: str
    data: dict[str, Any] | None = None

    def example(self, errcode: str) -> dict[str, Any]:
        """Return an envelope with it."""
        return {"errcode": errcode, "errmsg": self.errmsg, "data": self.data}


ERRCODES = {
    "4001": Errcode("4001: The database is unavailable.", "The database is unavailable."),
    "4002": Errcode("4002: There is no such thing, or it is not visible to you.", "There is no such thing."),
    "4003": Errcode("4003: It exists already.", "This name is taken.", {"fields": {"name": ["This name is taken."]}}),
    "4004": Errcode(
        "4004: It contradicts what is stored: nights taken, another price, a key used for another body.",
        "These nights are taken.",
        {
            "fields": {"start_date": ["These nights are taken."]},
            "nearest": {"start_date": "2026-12-08", "end_date": "2026-12-10"},
        },
    ),
    "4101": Errcode("4101: Not logged in, or the key is not one.", "Not logged in."),
    "4102": Errcode("4102: Wrong mobile number or password.", "Wrong mobile number or password."),
    "4103": Errcode(
        "4103: A parameter is missing or invalid.",
        "Parameter missing or invalid.",
        {"fields": {"price": ["This field is required."]}},
    ),
    "4104": Errcode("4104: The account is not active.", "This account is not active."),
    "4105": Errcode("4105: Not allowed for you, or the CSRF token is missing.", "Not allowed for this user."),
    "4106": Errcode("4106: The code is wrong, has expired or has been used.", "This code is not right."),
    "4201": Errcode("4201: Not possible in this state.", "This cannot be done now."),
    "4301": Errcode("4301: A third party has failed.", "The payment provider does not answer."),
    "4500": Errcode("4500: An internal error.", "Internal error.", {"request_id": "5b0c5e7a8d1f4c3b9a2e6f7d8c9b0a1e"}),
}
MEANINGS = {
    "413-4103": "4103: The request is too large.",
    "415-4103": "4103: The request is of a type that is not read.",
    "429-4201": "4201: Too many requests; Retry-After says when to ask again.",
}


class Operation(NamedTuple):
    """What is said of an operation; `refusals` are pairs of HTTP status and errcode.

    Those that every operation shares (see `ihome_project.schema.refusals_of`) are not repeated.
    """

    summary: str
    refusals: str = ""
    is_kept: bool = False


OPERATIONS = {
    "GET /area_info": Operation("List the areas of all cities", is_kept=True),
    "GET /facilities": Operation("List what a home may have", is_kept=True),
    "GET /houses": Operation("Search for homes", is_kept=True),
    "GET /houses/index": Operation("List the most booked homes", is_kept=True),
    "GET /houses/{id}": Operation("Show a home", is_kept=True),
    "PUT /houses/{id}": Operation("Write every field of a home", "403-4105 409-4201"),
    "PATCH /houses/{id}": Operation("Write some fields of a home", "403-4105 409-4201"),
    "DELETE /houses/{id}": Operation("Take a home off the market", "403-4105 409-4201"),
    "GET /houses/{id}/calendar": Operation("List the nights of a home"),
    "GET /houses/{id}/quote": Operation("Ask what a stay costs", "409-4004"),
    "PUT /houses/{id}/status": Operation("Publish a home, or take it offline", "403-4105 409-4201"),
    "PUT /houses/{id}/images": Operation("Put the photos of a home in order", "403-4105"),
    "DELETE /houses/{id}/images/{image_id}": Operation("Remove a photo", "403-4105 409-4201"),
    "POST /houses/images": Operation("Add a photo", "403-4105 404-4002 409-4201 502-4301"),
    "POST /houses/info": Operation("Begin a home", "403-4105 409-4201"),
    "GET /image_codes/{id}": Operation("Draw an image code"),
    "POST /orders": Operation("Ask for dates", "403-4105 404-4002 409-4004 409-4201"),
    "GET /orders/{id}": Operation("Show an order"),
    "PUT /orders/{id}/status": Operation("Accept, reject or cancel", "403-4105 409-4201 502-4301"),
    "POST /orders/{id}/payment": Operation("Begin to pay", "403-4105 409-4201 502-4301"),
    "PUT /orders/{id}/comment": Operation("Review a stay", "403-4105 409-4201"),
    "POST /orders/payment": Operation("Take a payment provider's notification"),
    "PUT /orders/payment": Operation("Take a payment provider's notification"),
    "GET /session": Operation("Tell who is logged in"),
    "DELETE /session": Operation("Log out"),
    "POST /sessions": Operation("Log in", "400-4106 401-4102 403-4104"),
    "GET /sms_codes/{mobile}": Operation("Send a code by SMS", "400-4106 502-4301"),
    "GET /user": Operation("Show one's account"),
    "GET /user/auth": Operation("Show one's real-name verification"),
    "POST /user/auth": Operation("Submit one's real name", "409-4003 409-4201"),
    "POST /user/avatar": Operation("Be seen by another photo", "502-4301"),
    "GET /user/houses": Operation("List one's own homes"),
    "PUT /user/name": Operation("Take another name", "409-4003"),
    "GET /user/orders": Operation("List one's orders"),
    "POST /users": Operation("Register", "400-4106 409-4003"),
}

# What is said of parameters, which mean the same wherever they are.
PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "The same key with the same body gets the first answer again, for a day; with another body 409.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "example": "9f1c2a7e-order-1",
    },
    "If-None-Match": {"in": "header", "schema": {"type": "string"}, "description": "The ETag of an earlier answer."},
    "aid": {"description": "An area of `/area_info`.", "example": 1},
    "ed": {"description": "The day of leaving.", "schema": DAY, "example": "2026-12-04"},
    "facility": {"description": "Facilities that a home must all have."},
    "from": {"description": "The first night; today without it.", "example": "2026-12-01"},
    "guests": {"description": "How many people.", "example": 2},
    "id": {"description": "Its number."},
    "image_code": {"description": "What the picture says.", "example": "k7wd"},
    "image_code_id": {"description": "The id under which the picture was drawn."},
    "image_id": {"description": "The photo's number."},
    "max_price": {"description": "Yuan a night.", "schema": YUAN, "example": "800"},
    "min_price": {"description": "Yuan a night.", "schema": YUAN, "example": "200.50"},
    "mobile": {"description": "A mobile number of mainland China.", "example": "13800138002"},
    "p": {"description": "The page, from 1.", "schema": PAGE, "example": 1},
    "page_size": {"description": "Homes a page.", "schema": PAGE | {"maximum": 50}, "example": 20},
    "purpose": {"description": "What the code is for."},
    "q": {"description": "Words in title or address.", "schema": {"type": "string", "maxLength": 100}},
    "role": {"description": "`custom`: what one has booked. `landlord`: what others have booked in one's homes."},
    "sd": {"description": "The day of arrival.", "schema": DAY, "example": "2026-12-01"},
    "sk": {
        "description": "The order: `new` (also for an unknown value), `booking`, `price-inc` or `price-des`.",
        "example": "price-inc",
    },
    "status": {"description": "Only orders in this status."},
    "to": {"description": "The day after the last night; 62 days later without it.", "example": "2026-12-31"},
}
