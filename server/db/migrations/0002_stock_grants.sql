CREATE TABLE `stock_batches` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	`returned` int NOT NULL DEFAULT 0,
	`created_at` datetime(3) NOT NULL,
	`settled_at` datetime(3),
	CONSTRAINT `stock_batches_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `stock_claims` (
	`batch_id` bigint unsigned NOT NULL,
	`ticket` int NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	`status` varchar(8) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `stock_claims_batch_id_ticket_pk` PRIMARY KEY(`batch_id`,`ticket`)
);
--> statement-breakpoint
CREATE TABLE `stock_counters` (
	`option_id` bigint unsigned NOT NULL,
	`epoch` varchar(36) NOT NULL,
	`rebuilt_at` datetime(3) NOT NULL,
	CONSTRAINT `stock_counters_option_id` PRIMARY KEY(`option_id`)
);
--> statement-breakpoint
CREATE TABLE `stock_reservations` (
	`id` varchar(36) NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	`status` varchar(8) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `stock_reservations_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `stock_batches_settled` ON `stock_batches` (`settled_at`,`created_at`);--> statement-breakpoint
CREATE INDEX `stock_reservations_status` ON `stock_reservations` (`status`,`option_id`);--> statement-breakpoint
CREATE INDEX `stock_reservations_created` ON `stock_reservations` (`created_at`);