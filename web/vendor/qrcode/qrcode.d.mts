/** What lib/people/qr.js uses of qrcode-generator. */
export const qrcode: any;
