// All texts of the board in Chinese, part by part.
import shell from "./shell.js";
import words from "./words.js";
import overview from "./overview.js";
import requests from "./requests.js";
import people from "./people.js";
import map from "./map.js";
import entry from "./entry.js";

export default { ...shell, ...words, ...overview, ...requests, ...people, ...map, ...entry };
