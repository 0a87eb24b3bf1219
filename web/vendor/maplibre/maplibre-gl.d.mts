/** What lib/map/geo.js uses of MapLibre GL; its own types would bring thirty packages. */
export const AttributionControl: any;
export const Map: any;
export const NavigationControl: any;
export const ScaleControl: any;
export function addProtocol(name: string, load: any): void;
export function setWorkerUrl(url: string): void;
