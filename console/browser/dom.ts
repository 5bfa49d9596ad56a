type Attribute = string | number | boolean | null | undefined | ((event: never) => void)
export type Child = Node | string | null | undefined | false

/**
 * An element with attributes (`on…` functions become listeners, false and null are left out) and
 * children. Text is always text: nothing from outside becomes markup.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  // Otherwise it would send a form.
  if (tag === 'button') element.setAttribute('type', 'button')
  for (const [name, value] of Object.entries(attributes)) set(element, name, value)
  for (const child of children) if (child) element.append(child)
  return element
}

function set(element: Element, name: string, value: Attribute): void {
  if (value === null || value === undefined || value === false) return
  if (typeof value === 'function') {
    element.addEventListener(name.slice(2), value as EventListener)
  } else {
    element.setAttribute(name, value === true ? '' : String(value))
  }
}

const paths = {
  info: 'M8 7.5v4M8 4.6v.3M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z',
  enlarge: 'M9.5 2.5h4v4M6.5 13.5h-4v-4M13.2 2.8 9.3 6.7M2.8 13.2l3.9-3.9',
  back: 'M6.5 3 2 7.5 6.5 12M2 7.5h8a4 4 0 0 1 0 8',
  earlier: 'M10 3 5 8l5 5',
  later: 'm6 3 5 5-5 5',
  refresh: 'M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.8v3h-3',
  theme: 'M8 1.8a6.2 6.2 0 1 0 0 12.4ZM8 1.8a6.2 6.2 0 0 1 0 12.4',
  down: 'm4 6 4 4 4-4',
  warning: 'M8 2 1.5 13.5h13ZM8 6.5v3.2M8 11.6v.2',
  zoomOut: 'M11 11l3.5 3.5M5 7h4M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0Z',
} as const

const svgNamespace = 'http://www.w3.org/2000/svg'

/** A drawn sign; its button's label says what it means. */
export function icon(name: keyof typeof paths): SVGElement {
  const path = document.createElementNS(svgNamespace, 'path')
  set(path, 'd', paths[name])
  const sign = document.createElementNS(svgNamespace, 'svg')
  const attributes = { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' }
  for (const [attribute, value] of Object.entries(attributes)) set(sign, attribute, value)
  sign.append(path)
  return sign
}

/** A button with a sign, whose label is also its tooltip. */
export const signButton = (
  sign: keyof typeof paths,
  label: string,
  onclick: () => void,
  attributes: Record<string, Attribute> = {},
): HTMLElement =>
  h('button', { 'aria-label': label, title: label, ...attributes, onclick }, icon(sign))

/** A button that opens a popover beside it; `fill` makes its content at each opening. */
export function opener(
  attributes: Record<string, Attribute>,
  label: Child[],
  className: string,
  fill: (popover: HTMLElement) => void,
): HTMLElement {
  const popover = h('div', { class: `popover ${className}`, popover: 'auto' })
  const button = h('button', { ...attributes, 'aria-haspopup': 'dialog' }, ...label)
  button.popoverTargetElement = popover
  popover.addEventListener('beforetoggle', ({ newState }) => {
    if (newState !== 'open') return
    popover.replaceChildren()
    fill(popover)
    popover.querySelector('input, select, button, a')?.setAttribute('autofocus', '')
  })
  return h('span', { class: 'opener' }, button, popover)
}
