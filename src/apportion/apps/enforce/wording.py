"""What the enforcement pages answer in one line."""


def title_of(
    name: str, *, limits: int, unconfirmed: int, fallen: int, is_held: bool, found: int
) -> str:
    """Answers whether the scheduler does for a project what the books say, what is worst first."""
    if fallen:
        many = "A counter" if fallen == 1 else f"{fallen} counters"
        return f"{many} of {name} fell without us."
    if is_held:
        return f"{name} may submit no job."
    if found:
        differ = "thing differs" if found == 1 else "things differ"
        return f"{found} {differ} from what the books say of {name}."
    if not limits:
        return f"The scheduler was told nothing of {name} yet."
    if unconfirmed:
        return f"{unconfirmed} of {limits} limits of {name} are not confirmed."
    return f"The scheduler holds for {name} what the books say."
