/** `E2E_PART=quick` leaves out what only the whole suite needs. */
export const quickOnly = process.env['E2E_PART'] === 'quick';
