import { interpolate } from '../model/interpolate.ts'
import type { PlacedPanel } from '../model/repeats.ts'
import { linkAddress } from '../model/url-state.ts'
import { h, icon, opener } from './dom.ts'
import type { PanelSurroundings } from './panel.ts'
import { markdownElement } from './panels/text.ts'

export interface PanelHead {
  element: HTMLElement
  /** A sign with this text, or none. */
  warn(text: string | null): void
}

/** Title, what the panel means, where it leads, and the button that enlarges it. */
export function panelHead(
  placed: PlacedPanel,
  title: string,
  around: PanelSurroundings,
): PanelHead {
  const { words } = around
  const description = interpolate(placed.view.description, placed.scope)
  const warning = h('span', { class: 'warnings', role: 'status' })
  const enlargeLabel = around.enlarged ? words.backToBoard : words.enlarge
  const about = opener(
    { class: 'quiet', 'aria-label': `${words.moreAbout}: ${title}` },
    [icon('info')],
    'about',
    (popover) => popover.append(h('strong', {}, title), markdownElement(description)),
  )
  const element = h(
    'header',
    { class: title === '' ? 'panel-head untitled' : 'panel-head' },
    h('h2', { id: `title-${placed.key}` }, title),
    description === '' ? null : about,
    warning,
    ...linksOf(placed, around),
    h(
      'button',
      {
        type: 'button',
        class: 'quiet enlarge',
        'aria-label': `${enlargeLabel}: ${title}`,
        title: enlargeLabel,
        onclick: () => around.onEnlarge(placed.key),
      },
      icon(around.enlarged ? 'back' : 'enlarge'),
    ),
  )
  return {
    element,
    warn(text) {
      const sign =
        text === null ? null : h('span', { class: 'warning', title: text }, icon('warning'))
      if (sign) sign.append(h('span', { class: 'unseen' }, text))
      warning.replaceChildren(...(sign ? [sign] : []))
    },
  }
}

function linksOf({ view, scope }: PlacedPanel, { linkSearch }: PanelSurroundings): HTMLElement[] {
  const links = 'links' in view ? view.links : []
  return links.flatMap(({ title, url, targetBlank }) => {
    const address = linkAddress(interpolate(url, scope), linkSearch)
    if (address === null) return []
    const target = targetBlank ? { target: '_blank', rel: 'noreferrer' } : {}
    return [h('a', { class: 'panel-link', href: address, ...target }, title || address)]
  })
}
