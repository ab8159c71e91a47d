"""Who answers calls, as configured."""
