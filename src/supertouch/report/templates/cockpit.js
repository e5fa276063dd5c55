// The start: the choices of the address, else the browser's language; then follow the reader.
const follow = async () => {
  const wanted = wantedNow();
  if (wanted.language < 0) wanted.language = shown.language;
  await cockpit.show(wanted);
  const name = bare(cockpit.link.anchor());
  if (!name) return;
  const id = `${choices[shown.language].code}-${name}`;
  cockpit.link.moved(id);
  opened(id);
};
build();
apply({});
cockpit.fitAll(document);
{
  const wanted = wantedNow();
  if (wanted.language < 0) wanted.language = preferred();
  const plain = wanted.language === 0 && wanted.wave === newest && !wanted.group;
  const ready = plain ? apply(wanted) : cockpit.show(wanted);
  Promise.resolve(ready).then(() => {
    const name = bare(cockpit.link.anchor());
    if (name) opened(`${choices[shown.language].code}-${name}`);
    page.classList.add("ready");
  });
}
cockpit.link.on(follow);
