CREATE TABLE `design_log` (
	`epoch` int unsigned NOT NULL,
	`flags` text NOT NULL,
	`reason` varchar(200) NOT NULL,
	`author` varchar(64) NOT NULL,
	`digest` varchar(64) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `design_log_epoch` PRIMARY KEY(`epoch`)
);
--> statement-breakpoint
ALTER TABLE `sagas` MODIFY COLUMN `design` varchar(500) NOT NULL;