ALTER TABLE `sequences`
	ADD `last` bigint unsigned DEFAULT 999999999 NOT NULL,
	ADD `successor` varchar(32),
	ADD `successor_first` bigint unsigned,
	ADD `retired_value` bigint unsigned,
	ADD `retired_epoch` int unsigned;
--> statement-breakpoint
ALTER TABLE `ticket_marks`
	ADD `successor` varchar(32),
	ADD `retired_value` bigint unsigned,
	ADD `retired_epoch` int unsigned;
