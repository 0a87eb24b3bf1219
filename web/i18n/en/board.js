// All texts of the board in English, part by part.

import alliance from "./alliance.js";
import chapter from "./chapter.js";
import difficulty from "./difficulty.js";
import enterprise from "./enterprise.js";
import entry from "./entry.js";
import example from "./example.js";
import honour from "./honour.js";
import institution from "./institution.js";
import map from "./map.js";
import overview from "./overview.js";
import people from "./people.js";
import posts from "./posts.js";
import report from "./report.js";
import requests from "./requests.js";
import service from "./service.js";
import settings from "./settings.js";
import shell from "./shell.js";
import sourceList from "./source_list.js";
import station from "./station.js";
import training from "./training.js";
import undertaking from "./undertaking.js";
import words from "./words.js";

export default {
  ...shell,
  ...words,
  ...overview,
  ...requests,
  ...people,
  ...map,
  ...posts,
  ...entry,
  ...settings,
  ...example,
  ...sourceList,
  ...enterprise,
  ...institution,
  ...chapter,
  ...difficulty,
  ...service,
  ...alliance,
  ...honour,
  ...station,
  ...training,
  ...report,
  ...undertaking,
};
