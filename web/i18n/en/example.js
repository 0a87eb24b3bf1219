// The example of an empty service: names of places and teams, and needs.
export default {
  "example.name": "Example (made up)",
  "example.area.01": "North Street",
  "example.area.01-01": "North Community",
  "example.area.01-02": "Hill Community",
  "example.area.02": "South Street",
  "example.area.02-01": "River Community",
  "example.person": "Person {n}",
  "example.team": "Team North",
  "example.incident": "Example lockdown",
  "example.need.1": "Insulin runs out tonight",
  "example.need.2": "Groceries for a family of three",
  "example.need.3": "Chest pain, cannot walk",
  "example.need.4": "Lift to dialysis tomorrow",
  "example.need.5": "Has not answered the door since yesterday",
};
