/**
 * What may find nothing, and what only one arm has, each with the reason. The key is the title of
 * the panel and the letter of the query, or `annotation NAME`.
 */
export const mayBeEmpty: Record<string, string> = {
  'annotation Flags': 'drawn only when a design is changed while its process runs',
  'Refused: errors of the server by route / A': 'no 5xx may have been answered: that is good',
}

export const oneArmOnly: Record<string, string> = {
  'Ids that can be had at once / A': 'only ids=ticket-server keeps a buffer',
}
