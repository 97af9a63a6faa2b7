-- What was answered stands beside what was said, so that the key of its wish is given it in the same moment; and each step names
-- the run of the server that keeps it, so that one without an end of another run is known as left off.
ALTER TABLE step ADD COLUMN run TEXT NOT NULL DEFAULT '';
ALTER TABLE step RENAME COLUMN ended TO said;
ALTER TABLE step ADD COLUMN answer TEXT;
UPDATE step SET answer = json_extract(said, '$.answer'), said = json_remove(said, '$.answer') WHERE json_valid(said);

-- Whether the answer is for those who are told of what is embargoed; where that is not known it is.
ALTER TABLE wish ADD COLUMN hears INTEGER NOT NULL DEFAULT 1;
UPDATE wish SET hears = coalesce(json_extract(answer, '$.embargoed'), 1), answer = json_extract(answer, '$.answer')
    WHERE json_valid(answer);
UPDATE wish SET (hears, answer) = (SELECT step.hears, step.answer FROM step WHERE step.id = wish.step)
    WHERE answer IS NULL AND EXISTS (SELECT 1 FROM step WHERE step.id = wish.step);

-- An answer may stand beside what whoever is not of the train reads instead. What was kept before tells nobody which of its words
-- are quoted: none of it is for them.
UPDATE step SET answer = json_object('answer', json(answer), 'may_quote', json('true')) WHERE json_valid(answer);
UPDATE wish SET answer = json_object('answer', json(answer), 'may_quote', json('true')) WHERE json_valid(answer);
CREATE INDEX wish_by_step ON wish (step);

PRAGMA user_version = 3;
