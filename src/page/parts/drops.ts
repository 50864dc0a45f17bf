/** Handles files dropped anywhere on the page. By default a browser would leave the page and show the file. */
export function takeDrops(open: (file: File) => void): void {
  const show = (isOver: boolean) => document.body.classList.toggle('dropping', isOver);
  const onFiles = (type: 'dragover' | 'drop', listener: (files: FileList) => void) =>
    addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      listener(event.dataTransfer.files);
    });
  onFiles('dragover', () => show(true));
  onFiles('drop', ([file]) => {
    show(false);
    if (file) open(file);
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) show(false);
  });
}
