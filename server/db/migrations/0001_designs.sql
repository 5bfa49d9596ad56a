CREATE TABLE `dispatches` (
	`order_id` bigint unsigned NOT NULL,
	`status` varchar(8) NOT NULL,
	`worker` varchar(64),
	`queued_at` datetime(3) NOT NULL,
	`taken_at` datetime(3),
	CONSTRAINT `dispatches_order_id` PRIMARY KEY(`order_id`)
);
--> statement-breakpoint
CREATE TABLE `promotion_claims` (
	`option_id` bigint unsigned NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	CONSTRAINT `promotion_claims_option_id_user_id_pk` PRIMARY KEY(`option_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `replaced_tickets` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(32) NOT NULL,
	CONSTRAINT `replaced_tickets_id` PRIMARY KEY(`id`),
	CONSTRAINT `replaced_tickets_name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `stock_lines` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	CONSTRAINT `stock_lines_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `ticket_marks` (
	`name` varchar(32) NOT NULL,
	`high_water` bigint unsigned NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `ticket_marks_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
ALTER TABLE `order_items` ADD `units` int NOT NULL;--> statement-breakpoint
ALTER TABLE `product_options` ADD `version` int DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `product_options` ADD `stock_fence` bigint unsigned DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `product_options` ADD `kind` varchar(12) DEFAULT 'normal' NOT NULL;--> statement-breakpoint
ALTER TABLE `product_options` ADD `gift_option_id` bigint unsigned;--> statement-breakpoint
ALTER TABLE `product_options` ADD `quota` int;--> statement-breakpoint
ALTER TABLE `product_options` ADD `quota_taken` int DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `version` int DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `dispatches_status` ON `dispatches` (`status`,`order_id`);--> statement-breakpoint
CREATE INDEX `stock_lines_option` ON `stock_lines` (`option_id`,`quantity`);--> statement-breakpoint
CREATE INDEX `daily_popular_products_sold` ON `daily_popular_products` (`sold_date`,total_sold desc);--> statement-breakpoint
UPDATE `order_items` SET `units` = `quantity`;--> statement-breakpoint
ALTER TABLE `replaced_tickets` AUTO_INCREMENT = 2000000000;
