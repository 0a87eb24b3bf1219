// Texts about chapters and coverage in English.
export default {
  "event.chapter.dissolved": "Chapter dissolved",
  "event.chapter.formed": "Chapter formed",
  "event.chapter.joined": "Enterprise joined a chapter",
  "event.chapter.left": "Enterprise left a chapter",
  "event.chapter.merged": "Chapter merged",
  "event.chapter.proposed": "Route of a chapter proposed",
  "event.chapter.renewed": "New term of a chapter",
  "event.formation.set": "Rules of formation set",
  "event.member.erased": "Name of a member erased",
  "event.member.left": "Member left a chapter",
  "event.member.named": "Member named",
  "settings.list_dissolve": "Reasons to dissolve a chapter",
  "settings.list_route": "Reasons for another route of a chapter",
};
