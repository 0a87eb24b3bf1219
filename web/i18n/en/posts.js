// Texts about units and posts in English.
export default {
  "entry.mapping.units-and-posts": "Units and posts",
  "event.unit.established": "Unit established",
  "event.unit.renamed": "Unit renamed",
  "event.unit.moved": "Unit moved",
  "event.unit.charged": "Unit given a duty",
  "event.unit.dissolved": "Unit dissolved",
  "event.post.created": "Post created",
  "event.post.renamed": "Post renamed",
  "event.post.moved": "Post moved",
  "event.post.charged": "Post charged",
  "event.post.relieved": "Post relieved of a task",
  "event.post.appointed": "Appointed to a post",
  "event.post.vacated": "Left a post",
  "event.post.abolished": "Post abolished",
  "event.holder.erased": "Holder's name erased",
};
