// One tooltip for the whole page. Whatever has `data-tip` shows that text when it is pointed at for a moment, or focused by
// keyboard; Escape hides it. Never the only place of what matters: the same text is the element's label or description, so who
// hears the page is not told it twice.
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

const WAIT_MS = 400;
const GAP_PX = 6;

interface Shown {
  text: string;
  on: DOMRect;
}

function tipped(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('[data-tip]') ?? undefined) : undefined;
}

export function Tooltip() {
  const [shown, setShown] = useState<Shown>();
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over: HTMLElement | undefined;
    const hide = () => {
      clearTimeout(timer);
      over = undefined;
      setShown(undefined);
    };
    const show = (element: HTMLElement) => setShown({ text: element.dataset.tip ?? '', on: element.getBoundingClientRect() });
    const pointed = (event: Event) => {
      const element = tipped(event.target);
      if (element === over) return;
      hide();
      over = element;
      if (element) timer = setTimeout(() => show(element), WAIT_MS);
    };
    const focused = (event: Event) => {
      const element = tipped(event.target);
      if (element?.matches(':focus-visible')) show(element);
      else hide();
    };
    const end = new AbortController();
    const { signal } = end;
    document.addEventListener('pointerover', pointed, { signal });
    document.addEventListener('focusin', focused, { signal });
    for (const name of ['pointerdown', 'focusout', 'scroll', 'keydown']) document.addEventListener(name, hide, { signal, capture: true });
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, []);

  useEffect(() => {
    const element = box.current;
    if (!element || !shown) return;
    const { width, height } = element.getBoundingClientRect();
    const middle = shown.on.left + shown.on.width / 2 - width / 2;
    const below = shown.on.bottom + GAP_PX;
    element.style.left = `${Math.max(4, Math.min(window.innerWidth - width - 4, middle))}px`;
    element.style.top = `${below + height > window.innerHeight ? shown.on.top - height - GAP_PX : below}px`;
  }, [shown]);

  // Beside the app, as dialogs are: it must not lie behind them.
  return shown
    ? createPortal(
        <div ref={box} className="tooltip" role="tooltip" aria-hidden="true">
          {shown.text}
        </div>,
        document.body,
      )
    : null;
}
