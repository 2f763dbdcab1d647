export { keepSnapshot, refreshSnapshot, unlessUnwritten } from '../app.ts';
