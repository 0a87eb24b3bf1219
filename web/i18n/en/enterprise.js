// Texts about enterprises in English.
export default {
  "event.enterprise.amended": "Enterprise amended",
  "event.enterprise.closed": "Enterprise closed",
  "event.enterprise.merged": "Enterprise merged",
  "event.enterprise.moved": "Enterprise moved",
  "event.enterprise.registered": "Enterprise registered",
  "event.enterprise.reopened": "Enterprise reopened",
  "settings.list_size_class": "Size classes of enterprises",
  "settings.list_trade": "Trades of enterprises",
};
