"""`python -m sync.review`."""

from sync.review.command import review

if __name__ == "__main__":
    review(prog_name="python -m sync.review")
