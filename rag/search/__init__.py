"""Similar cases: channels that each rank the cases, filtered, fused and explained."""
