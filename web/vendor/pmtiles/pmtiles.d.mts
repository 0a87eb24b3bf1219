/** What lib/map/basemap.js uses of pmtiles; its own types would bring others. */
export const PMTiles: any;
export const Protocol: any;
