"""The pages of who complains, and of whoever answers by a link: nobody logs in."""
