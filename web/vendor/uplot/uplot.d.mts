/** uPlot ships as a script; its own types are not vendored. */
declare const uPlot: any;
export default uPlot;
