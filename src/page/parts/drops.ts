/** Handles files dropped anywhere on the page. By default a browser would leave the page and show the file. */
export function takeDrops(open: (file: File, under: Element | null) => void): void {
  const show = (isOver: boolean) => document.body.classList.toggle('dropping', isOver);
  const onFiles = (type: 'dragover' | 'drop', listener: (files: FileList, under: Element | null) => void) =>
    addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      listener(event.dataTransfer.files, event.target instanceof Element ? event.target : null);
    });
  onFiles('dragover', () => show(true));
  onFiles('drop', ([file], under) => {
    show(false);
    if (file) open(file, under);
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) show(false);
  });
}
