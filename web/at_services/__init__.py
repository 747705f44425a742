"""The pages of the services' own complaint handlers, and what the office asks of services each year."""
