import everyKind from './every-kind.json' with { type: 'json' }

/** All kinds of panels, and from line 22 of the grid on those that the viewer must refuse. */
export const fixtureBoard = (uid = 'every-kind', title = 'Every kind of panel') => ({
  ...everyKind,
  uid,
  title,
})
