-- Dimension: days of which there are events. day_number counts days (Julian day number, by the formula of Fliegel and Van
-- Flandern): differences of days without a function that each dialect has in its own way. day_of_week: 0 is Monday.
SELECT
  day, year_no, month_no, day_of_month, year_no * 12 + month_no AS month_number, day_number,
  MOD(day_number, 7) AS day_of_week
FROM (
  SELECT
    day, year_no, month_no, day_of_month,
    CAST(
      day_of_month
      + FLOOR((153 * (month_no + 12 * FLOOR((14 - month_no) / 12.0) - 3) + 2) / 5.0)
      + 365 * (year_no + 4800 - FLOOR((14 - month_no) / 12.0))
      + FLOOR((year_no + 4800 - FLOOR((14 - month_no) / 12.0)) / 4.0)
      - FLOOR((year_no + 4800 - FLOOR((14 - month_no) / 12.0)) / 100.0)
      + FLOOR((year_no + 4800 - FLOOR((14 - month_no) / 12.0)) / 400.0)
      - 32045
      AS BIGINT
    ) AS day_number
  FROM (
    SELECT
      event_day AS day,
      CAST(EXTRACT(YEAR FROM event_day) AS BIGINT) AS year_no,
      CAST(EXTRACT(MONTH FROM event_day) AS BIGINT) AS month_no,
      CAST(EXTRACT(DAY FROM event_day) AS BIGINT) AS day_of_month
    FROM events
    GROUP BY event_day
  ) AS parts
) AS numbered;
