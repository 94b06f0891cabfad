// What is wrong with the page as it stands: a list of sentences. Runs in the page, through the debugger, so no policy stops it.
({ width, touch }) => {
  const faults = [];
  const visible = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const name = element => `<${element.localName}> "${(element.innerText || element.value || element.name || '').trim().slice(0, 40)}"`;

  if (document.scrollingElement.scrollWidth > width) {
    faults.push(`scrolls sideways: ${document.scrollingElement.scrollWidth} px wide on ${width} px`);
  }
  const titles = document.querySelectorAll('h1').length;
  if (titles !== 1) {
    faults.push(`has ${titles} h1`);
  }
  if (!document.documentElement.lang || !document.title) {
    faults.push('has no language or no title');
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const labelled = field.labels?.length || field.getAttribute('aria-label') || field.getAttribute('aria-labelledby');
    if (!labelled) {
      faults.push(`${name(field)} has no label`);
    }
  }
  for (const control of document.querySelectorAll('a[href], button')) {
    if (!(control.innerText.trim() || control.getAttribute('aria-label') || control.querySelector('img[alt]:not([alt=""])'))) {
      faults.push(`${name(control)} has no name`);
    }
  }
  for (const image of document.querySelectorAll('img:not([alt])')) {
    faults.push(`the picture ${image.src} has no alt`);
  }

  // A box that can be ticked counts with its label, which is pressed as well.
  const targets = touch ? document.querySelectorAll('nav a, nav button, form a, form button, form input:not([type=hidden]), form select') : [];
  for (const target of targets) {
    const boxes = [target, ...(target.labels ?? [])].filter(visible).map(box => box.getBoundingClientRect());
    if (boxes.length && !boxes.some(box => box.height >= 43.5 && box.width >= 43.5)) {
      faults.push(`${name(target)} is small to press: ${Math.round(boxes[0].width)} x ${Math.round(boxes[0].height)} px`);
    }
  }

  // Contrast of text (WCAG 1.4.3). A canvas turns any notation of a colour into numbers.
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const paint = colours => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => [r, g, b].map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !visible(parent)) {
      continue;
    }
    const behind = [];
    let pictured = false;
    for (let element = parent; element; element = element.parentElement) {
      const style = getComputedStyle(element);
      behind.unshift(style.backgroundColor);
      pictured ||= style.backgroundImage !== 'none';
    }
    if (pictured) {
      continue; // what is behind the text cannot be told from the style
    }
    const style = getComputedStyle(parent);
    const back = ['Canvas', ...behind];
    const [dark, light] = [luminance(paint(back)), luminance(paint([...back, style.color]))].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700) ? 3 : 4.5;
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < needed) {
      faults.push(`"${texts.currentNode.data.trim().slice(0, 40)}" has contrast ${contrast.toFixed(2)}, needs ${needed}`);
    }
  }
  return [...new Set(faults)];
}
