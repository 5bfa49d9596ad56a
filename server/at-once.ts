/**
 * Works through items in their order, several at once.
 * @param most under way at once
 * @param work must not throw: the others would go on unobserved
 * @param goesOn asked before each; false = no other is begun
 * @returns the items that were not begun
 */
export async function atOnce<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<void>,
  goesOn: () => boolean = () => true,
): Promise<Item[]> {
  let begun = 0
  const inTurn = async () => {
    while (begun < items.length && goesOn()) {
      const item = items[begun] as Item
      begun += 1
      await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, inTurn))
  return items.slice(begun)
}
