/**
 * Handles files dropped anywhere on the page, one after the other. By default a browser would leave the page and show the first.
 * @param open resolves when a file is taken; it never rejects
 */
export function takeDrops(open: (file: File, under: Element | null) => Promise<void>): void {
  const show = (isOver: boolean) => document.body.classList.toggle('dropping', isOver);
  const onFiles = (type: 'dragover' | 'drop', listener: (files: FileList, under: Element | null) => void) =>
    addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      listener(event.dataTransfer.files, event.target instanceof Element ? event.target : null);
    });
  onFiles('dragover', () => show(true));
  onFiles('drop', async (files, under) => {
    show(false);
    // The list is emptied when the event is over.
    for (const file of [...files]) await open(file, under);
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) show(false);
  });
}
