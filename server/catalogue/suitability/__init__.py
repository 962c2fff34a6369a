"""What suits whom: rules, flags and dates as data, decided without knowing where they come from (content brief 2)."""
